require('workerpool').worker({ perform: require('../perform.cjs') });

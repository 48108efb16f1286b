require('workerpool').worker({ perform: require('./deeds.cjs') });

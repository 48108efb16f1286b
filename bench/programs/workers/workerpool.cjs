require('workerpool').worker({ perform: (task) => task });

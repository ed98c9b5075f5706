pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method partial { layers 1 }
        unfreeze gradually: 10.steps
    }
}

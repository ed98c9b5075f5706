pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method full()
        unfreeze gradually: 2000000000.steps
    }
}

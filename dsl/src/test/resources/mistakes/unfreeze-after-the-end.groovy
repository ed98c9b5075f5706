pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method full()
        steps 100
        unfreeze gradually: 100.steps
    }
}

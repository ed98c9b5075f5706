pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method dora()
        preserve ewc: 100.0, from: 'data/general.jsonl'
    }
}

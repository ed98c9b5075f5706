pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        preserve l2sp: 0.1
        preserve l2sp: 0.2
    }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        balance on: 'topic', by: weights
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        by command('trl')
    }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    deploy {
        target directory('models/tuned')
        guard model('models/guard')
    }
}

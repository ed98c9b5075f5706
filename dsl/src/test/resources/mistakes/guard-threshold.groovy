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
        target http { port 8080 }
        guard model('models/guard'), threshold: 1.5
    }
}

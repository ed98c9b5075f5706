pipeline('support') {
    prepare {
        dataset 'data/a.jsonl', weight: 2
        dataset 'data/b.jsonl'
        balance on: 'topic', by: oversample
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

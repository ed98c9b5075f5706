pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
        freeze layers: 0..<12
    }
    train {
        method lora()
    }
}

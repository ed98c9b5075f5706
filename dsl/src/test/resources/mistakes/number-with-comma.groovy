pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        maxTokens 1,024
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

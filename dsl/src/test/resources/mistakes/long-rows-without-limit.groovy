pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        maxTokens longer: truncate
    }
    initialize { model 'models/base' }
    train { method lora() }
}

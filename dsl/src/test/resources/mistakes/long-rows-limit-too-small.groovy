pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        maxTokens 4, longer: drop
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        maxTokens 512, longer: cut
    }
    initialize { model 'models/base' }
    train { method lora() }
}

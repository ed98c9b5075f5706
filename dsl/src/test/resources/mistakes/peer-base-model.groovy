pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { base_model 'models/base' }
    train { method lora() }
}

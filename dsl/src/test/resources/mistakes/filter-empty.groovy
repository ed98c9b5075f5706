pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

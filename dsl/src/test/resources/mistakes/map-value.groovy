pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        map answer: 'x'
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        map answer: { row }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

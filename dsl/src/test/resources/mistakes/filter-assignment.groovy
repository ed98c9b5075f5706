pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer = 'x' }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

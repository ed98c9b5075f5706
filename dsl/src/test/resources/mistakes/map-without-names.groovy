pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        map { row.answer.trim() }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

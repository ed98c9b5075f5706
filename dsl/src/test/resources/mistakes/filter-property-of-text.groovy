pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer.trim().length > 3 }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer.length().size > 3 }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

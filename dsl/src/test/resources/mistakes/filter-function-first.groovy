pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { length(row.answer) > 3 }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { !row.answer.trim() }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

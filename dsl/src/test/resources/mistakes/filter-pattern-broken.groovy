pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer =~ '(a' }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer ==~ '(.+)\\1' }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { (row.a ?: 'x') == 'x' }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { (row.n) - 1 > 0 }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.a == 1; row.b == 2 }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

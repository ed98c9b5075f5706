pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { r -> r.a == 1 }
    }
    initialize { model 'models/base' }
    train { method lora() }
}

def snippet = 'a.groovy'
pipeline('support') {
    include snippet
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}

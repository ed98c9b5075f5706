pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        include 'snippets/gpu.groovy'
    }
    initialize { model 'models/base' }
    train { method lora() }
}

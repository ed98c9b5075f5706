pipeline('support') {
    include 'snippets/gpu.groovy'
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}

pipeline('support') {
    deploy { target http { port 99999 } }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}

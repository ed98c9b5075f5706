pipeline('support') {
    deploy { target http { port 8080 }; canary 10 }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}

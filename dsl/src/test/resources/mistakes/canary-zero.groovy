pipeline('support') {
    deploy { target http { port 8080 }; canary 0.percent }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}

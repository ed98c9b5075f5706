pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
    deploy { target http { port 8080 }; canary 10.percent, probe: '/etc/rows.jsonl' }
}

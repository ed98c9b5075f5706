pipeline('support') {
    deploy { target http { port 8080 } }
    monitor { every 6.hours; onDrift retrain }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}

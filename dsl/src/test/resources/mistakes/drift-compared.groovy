pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    deploy     { target http { port 8080 } }
    monitor {
        every 1.hours
        drift psi > 0.2
    }
}

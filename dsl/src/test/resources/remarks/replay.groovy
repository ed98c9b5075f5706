pipeline('support') {
    prepare    { dataset 'data/tickets.jsonl' }
    initialize { model 'models/base' }
    train      { method lora() }
    deploy     { target http { port 8080 } }
    monitor {
        every 1.hours
        drift psi, on: promptLength
        onDrift retrain, cooldown: 3.days, replay: 20.percent
        onFeedback retrain, after: 200.rows, replay: 10.percent
    }
}

pipeline('support') {
    prepare    { dataset 'data/tickets.jsonl' }
    initialize { model 'models/base' }
    train {
        method lora()
        steps 80
        stop patience: 1
    }
}

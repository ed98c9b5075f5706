pipeline('support') {
    prepare    { dataset 'data/tickets.jsonl' }
    initialize { model 'models/base' }
    train {
        method lora()
        steps 200
        validate every: 50.steps
        stop patience: 3, on: validationLoss
    }
}

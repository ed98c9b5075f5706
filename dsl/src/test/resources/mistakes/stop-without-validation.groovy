pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        split train: 90.percent, test: 10.percent
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
        stop patience: 3, on: validationLoss
    }
}

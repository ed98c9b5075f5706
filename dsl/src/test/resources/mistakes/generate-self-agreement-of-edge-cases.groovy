pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        generate edgeCases { by model('models/teacher'); budget tokens: 1.million; selfAgreement answer }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        generate edgeCases { by model('models/teacher'); budget cost: 5.0 }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

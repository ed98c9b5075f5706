pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        generate paraphrases { by model('models/teacher'); budget tokens: 1.million; selfAgreement meaning, f1: 0.5 }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

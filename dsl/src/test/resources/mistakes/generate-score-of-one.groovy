pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        generate paraphrases { by model('models/teacher'); budget tokens: 1.million; score min: 1 }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        generate paraphrases { by model('models/teacher') }
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
}

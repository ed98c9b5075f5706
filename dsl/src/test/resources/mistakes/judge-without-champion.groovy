pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    evaluate { metric winRate(model('models/judge'), rubric: 'data/rubric.txt', tokens: 9, against: champion) }
}

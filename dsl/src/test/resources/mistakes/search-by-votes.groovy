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
    setup { search { learningRate 1e-4, 2e-4; choose 'humanWinRate' } }
    evaluate { metric humanWinRate(votes: 'votes.jsonl', against: baseline) }
}

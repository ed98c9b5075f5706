pipeline('support') {
    prepare { dataset 'data.jsonl' }
    initialize { model 'base' }
    setup { search { learningRate 1e-4, 2e-4; trials 2; steps 10 } }
    train {
        method full()
        by openai(endpoint: 'azure', model: 'gpt-4o-mini-2024-07-18')
    }
    evaluate { metric loss }
}

pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        score { Eval.me('System.exit(1)') }
    }
    initialize { model 'm' }
    train { method lora() }
}

pipeline('p') {
    prepare {
        dataset 'a.jsonl'
        filter { { -> new File('CANARY').text = 'x' }() }
    }
    initialize { model 'm' }
    train { method lora() }
}
